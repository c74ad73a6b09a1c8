# ---
# title: {zh: 图像分类, en: Image classifier}
# description: {zh: x, en: x}
# ---

# %% [markdown] lang="zh"
# # 图像分类 {#image-classifier}
#
# 一段

# %% [markdown] lang="en"
# # Image classifier {#image-classifier}
#
# A paragraph $x^2$.

# %% load
print(1)
# -> 1

# %% [markdown] lang="zh"
# ## 标题 {#title}

# %% [markdown] lang="en"
# ## Title {#title}
#
# text
