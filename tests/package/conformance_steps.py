"""Models with their own steps, losses and metrics, as Keras' guides and examples build them."""

from typing import Any

import keras
import tensorflow as tf
from keras import layers, ops


class Own(keras.Model):
    """The base of the models below: one dense layer, and one gradient step."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.dense = layers.Dense(3)

    def call(self, inputs: Any) -> Any:
        return self.dense(inputs)

    def descend(self, tape: tf.GradientTape, loss: Any) -> list[Any]:
        variables = self.trainable_variables
        gradients: list[Any] = tape.gradient(loss, variables)
        self.optimizer.apply_gradients(zip(gradients, variables, strict=True))
        return gradients


class OwnLoss(Own):
    """Reports only a loss that is no metric: the last step's is the epoch's."""

    def train_step(self, data: Any) -> dict[str, Any]:
        x, y = data
        with tf.GradientTape() as tape:
            loss = ops.mean((self(x, training=True) - y) ** 2)
        self.descend(tape, loss)
        return {"loss": loss}


class OwnTrackers(Own):
    """Has its own metrics and needs no compiled loss."""

    def __init__(self) -> None:
        super().__init__()
        self.total = keras.metrics.Mean(name="total")
        self.error = keras.metrics.MeanAbsoluteError(name="error")

    @property
    def metrics(self) -> list[keras.Metric]:
        return [self.total, self.error]

    def track(self, y: Any, predicted: Any) -> Any:
        loss = ops.mean((y - predicted) ** 2)
        self.total.update_state(loss)
        self.error.update_state(y, predicted)
        return loss

    def train_step(self, data: Any) -> dict[str, Any]:
        x, y = data
        with tf.GradientTape() as tape:
            loss = self.track(y, self(x, training=True))
        self.descend(tape, loss)
        return {metric.name: metric.result() for metric in self.metrics}

    def test_step(self, data: Any) -> dict[str, Any]:
        x, y = data
        self.track(y, self(x, training=False))
        return {metric.name: metric.result() for metric in self.metrics}


class Changed(Own):
    """Changes the data, then does as Keras does."""

    def train_step(self, data: Any) -> Any:
        x, y, weights = keras.utils.unpack_x_y_sample_weight(data)
        return super().train_step((x * 0.0, y, weights))


class OwnTest(Own):
    def test_step(self, data: Any) -> dict[str, Any]:
        x, y = data[:2]
        return {"largest": ops.max(ops.abs(self(x) - y))}


class ExtraLoss(Own):
    """Overrides compute_loss, and tracks a part of it."""

    def __init__(self) -> None:
        super().__init__()
        self.part = keras.metrics.Mean(name="part")

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):  # type: ignore[no-untyped-def]
        part = ops.mean(y_pred**2)
        self.part.update_state(part)
        return super().compute_loss(x, y, y_pred, sample_weight, training) + 0.1 * part


class ExtraMetric(Own):
    """Overrides compute_metrics."""

    def compute_metrics(self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        return {**super().compute_metrics(x, y, y_pred, sample_weight), "extra": ops.sum(y_pred)}


class NeverResetting(Own):
    """Counts its steps over all epochs."""

    def __init__(self) -> None:
        super().__init__()
        self.steps = keras.metrics.Sum(name="steps")

    def reset_metrics(self) -> None:
        count = self.steps.total.numpy()
        super().reset_metrics()
        self.steps.total.assign(count)

    def train_step(self, data: Any) -> dict[str, Any]:
        self.steps.update_state(1)
        return {**super().train_step(data), "steps": self.steps.result()}


class GradientNorm(Own):
    """Reports a number that is no metric, next to Keras' logs."""

    def train_step(self, data: Any) -> dict[str, Any]:
        x, y = data
        with tf.GradientTape() as tape:
            predicted = self(x, training=True)
            loss = self.compute_loss(x, y, predicted)
        norm = tf.linalg.global_norm(self.descend(tape, loss))
        return {**self.compute_metrics(x, y, predicted), "norm": norm}


class TwoSteps(Own):
    """Updates every second batch, with the sum of two gradients."""

    def build(self, shape: Any) -> None:
        super().build(shape)
        self.dense.build(shape)
        pairs = [(v.shape, f"sum_{i}") for i, v in enumerate(self.dense.trainable_variables)]
        self.sums = [self.add_weight(shape=s, name=n, trainable=False) for s, n in pairs]
        self.count = self.add_weight(shape=(), dtype="int32", name="count", trainable=False)

    def train_step(self, data: Any) -> dict[str, Any]:
        x, y = data
        with tf.GradientTape() as tape:
            loss = ops.mean((self(x, training=True) - y) ** 2)
        variables = self.trainable_variables
        for total, gradient in zip(self.sums, tape.gradient(loss, variables), strict=True):
            total.assign_add(gradient)
        self.count.assign_add(1)
        due = ops.cast(self.count % 2 == 0, "float32")
        for variable, total in zip(variables, self.sums, strict=True):
            variable.assign_sub(0.1 * due * total)
            total.assign((1 - due) * total)
        return {"loss": loss}


class Noisy(Own):
    """Learns without targets to remove noise from its own generator."""

    def __init__(self) -> None:
        super().__init__()
        self.dense = layers.Dense(4)
        self.seeds = keras.random.SeedGenerator(1)

    def train_step(self, x: Any) -> dict[str, Any]:
        noisy = x + keras.random.normal(ops.shape(x), seed=self.seeds)
        return super().train_step((noisy, x))


class Teacher(Own):
    """Keeps a moving average of its student in a second network."""

    def __init__(self) -> None:
        super().__init__()
        self.teacher = layers.Dense(3, trainable=False)

    def call(self, inputs: Any) -> Any:
        self.teacher(inputs)
        return self.dense(inputs)

    def train_step(self, data: Any) -> Any:
        logs = super().train_step(data)
        pairs = zip(self.teacher.variables, self.dense.variables, strict=True)
        for slow, fast in pairs:
            slow.assign(0.9 * slow + 0.1 * fast)
        return logs


class Smooth(Own):
    """Penalizes the gradient of its output: a gradient of a gradient."""

    def train_step(self, data: Any) -> dict[str, Any]:
        x, y = data
        with tf.GradientTape() as tape:
            with tf.GradientTape() as inner:
                inner.watch(x)
                predicted = ops.tanh(self(x, training=True))
            slope = inner.gradient(predicted, x)
            loss = ops.mean((predicted - y) ** 2) + ops.mean(slope**2)
        self.descend(tape, loss)
        return {"loss": loss}


class Distilled(Own):
    """Learns from targets and from a fixed network; compile receives a second loss."""

    def __init__(self) -> None:
        super().__init__()
        self.guide = layers.Dense(3, trainable=False)
        self.guide.build((None, 4))

    def compile(self, *, distance: Any, alpha: float, **options: Any) -> None:
        super().compile(**options)
        self.distance, self.alpha = distance, alpha

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, **options):  # type: ignore[no-untyped-def]
        own = super().compute_loss(x, y, y_pred, sample_weight, **options)
        return self.alpha * own + (1 - self.alpha) * self.distance(self.guide(x), y_pred)


class Gan(keras.Model):
    """Two networks, two optimizers, no loss in compile."""

    def __init__(self, critic_steps: int = 1) -> None:
        super().__init__()
        self.generator = keras.Sequential([keras.Input((2,)), layers.Dense(4)])
        self.critic = keras.Sequential([keras.Input((4,)), layers.Dense(1)])
        self.critic_steps, self.seeds = critic_steps, keras.random.SeedGenerator(1)
        self.real, self.fake = keras.metrics.Mean("critic"), keras.metrics.Mean("generator")
        self.built = True

    def compile(self, critic_optimizer: Any, generator_optimizer: Any, loss: Any) -> None:
        super().compile()
        self.optimizers = critic_optimizer, generator_optimizer
        self.judge = loss

    @property
    def metrics(self) -> list[keras.Metric]:
        return [self.real, self.fake]

    def train_step(self, x: Any) -> dict[str, Any]:
        n = ops.shape(x)[0]
        for _ in range(self.critic_steps):
            noise = keras.random.normal((n, 2), seed=self.seeds)
            with tf.GradientTape() as tape:
                judged = self.critic(ops.concatenate([x, self.generator(noise)]))
                first = self.judge(ops.concatenate([ops.ones((n, 1)), ops.zeros((n, 1))]), judged)
            weights = self.critic.trainable_weights
            self.optimizers[0].apply(tape.gradient(first, weights), weights)
        with tf.GradientTape() as tape:
            second = self.judge(ops.ones((n, 1)), self.critic(self.generator(noise)))
        weights = self.generator.trainable_weights
        self.optimizers[1].apply(tape.gradient(second, weights), weights)
        self.real.update_state(first)
        self.fake.update_state(second)
        return {"critic": self.real.result(), "generator": self.fake.result()}


class Vae(keras.Model):
    """An encoder that samples, a decoder, and three trackers."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder, self.decoder = layers.Dense(4), layers.Dense(4)
        self.seeds = keras.random.SeedGenerator(1)
        names = ("loss", "reconstruction", "kl")
        self.trackers = [keras.metrics.Mean(name) for name in names]

    @property
    def metrics(self) -> list[keras.Metric]:
        return self.trackers

    def call(self, x: Any) -> Any:
        mean, log_variance = ops.split(self.encoder(x), 2, axis=-1)
        noise = keras.random.normal(ops.shape(mean), seed=self.seeds)
        return self.decoder(mean + ops.exp(log_variance / 2) * noise), mean, log_variance

    def losses_of(self, x: Any) -> list[Any]:
        image, mean, log_variance = self(x)
        error = ops.mean(ops.sum((x - image) ** 2, 1))
        kl = -0.5 * ops.mean(1 + log_variance - mean**2 - ops.exp(log_variance))
        return [error + kl, error, kl]

    def train_step(self, x: Any) -> dict[str, Any]:
        with tf.GradientTape() as tape:
            parts = self.losses_of(x)
        gradients = tape.gradient(parts[0], self.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_weights, strict=True))
        return self.track(parts)

    def test_step(self, x: Any) -> dict[str, Any]:
        return self.track(self.losses_of(x))

    def track(self, parts: list[Any]) -> dict[str, Any]:
        for tracker, part in zip(self.trackers, parts, strict=True):
            tracker.update_state(part)
        return {tracker.name: tracker.result() for tracker in self.trackers}
