"""What the cover and the contents say, and how the files are called."""

NAME = "tfnotes-handbook"

WORDS = {
    "en": {
        "language": "English",
        "contents": "Contents",
        "verified": "Every result was printed by the code above it, last on {date}, "
        "with TensorFlow {tensorflow} and Keras {keras}.",
    },
    "zh": {
        "language": "简体中文",
        "contents": "目录",
        "verified": "每个结果都由上面的代码印出，最近一次在 {date}，"
        "用的是 TensorFlow {tensorflow} 和 Keras {keras}。",
    },
}
