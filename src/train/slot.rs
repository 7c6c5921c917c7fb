//! A weight on its way: steps scaled by AdaGrad (Duchi, Hazan and Singer, 2011), and the average over all of them (Polyak and
//! Juditsky, 1992) by Daumé's lazy sum.

/// How steps go.
#[derive(Debug, Clone, Copy)]
pub(super) struct Steps {
    /// How far the first step of a weight goes.
    pub rate: f32,
    /// The sum of squared gradients that every weight begins with: the larger, the less do features of few places move.
    pub squares: f32,
    /// How much weights are drawn to zero at each step.
    pub shrink: f32,
}

/// A weight on its way.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Slot {
    /// What it is now.
    pub weight: f32,
    squares: f32,
    lag: f32,
}

impl Slot {
    /// A step along a gradient, the `count`th of all.
    pub(super) fn step(&mut self, gradient: f32, steps: Steps, count: f32) {
        let gradient = gradient - steps.shrink * self.weight;
        self.squares += gradient * gradient;
        let change = steps.rate * gradient / ((steps.squares + self.squares).sqrt() + 1e-6);
        self.weight += change;
        self.lag += change * count;
    }

    /// The average over the `count` steps of all.
    pub(super) fn mean(self, count: f32) -> f32 {
        self.weight - self.lag / count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_is_that_of_the_weights_after_each_step() {
        let steps = Steps { rate: 0.5, squares: 0.0, shrink: 0.0 };
        let mut slot = Slot::default();
        let mut weights = vec![slot.weight];
        for count in 1..4_u8 {
            slot.step(f32::from(count), steps, f32::from(count));
            weights.push(slot.weight);
        }
        // the first step goes as far as it may
        assert!((weights[1] - 0.5).abs() < 1e-5 && weights.is_sorted());
        // each weight held until the next step, the last for none
        let expected = weights[..3].iter().sum::<f32>() / 3.0;
        assert!((slot.mean(3.0) - expected).abs() < 1e-5, "{} {expected}", slot.mean(3.0));
    }
}
