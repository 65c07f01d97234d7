//! Quantiles of Student's t distribution, which intervals need.

use std::f64::consts::FRAC_2_PI;

/// How much of the distribution with so many degrees of freedom, a whole number, lies within `t` of zero (Abramowitz and Stegun,
/// 26.7.3 and 26.7.4).
fn within(t: f64, freedom: f64) -> f64 {
    let hypotenuse = (freedom + t * t).sqrt();
    let (sine, cosine) = (t / hypotenuse, freedom.sqrt() / hypotenuse);
    let is_odd = freedom % 2.0 > 0.0;
    let (mut exponent, mut term) = if is_odd { (1.0, cosine) } else { (0.0, 1.0) };
    let mut sum = 0.0;
    while exponent <= freedom - 2.0 {
        sum += term;
        term *= (exponent + 1.0) / (exponent + 2.0) * (cosine * cosine);
        exponent += 2.0;
    }
    if is_odd { FRAC_2_PI * (sine.atan2(cosine) + sine * sum) } else { sine * sum }
}

/// The `t` within which of zero lies this much of the distribution, as 0.95.
pub(super) fn student_t(confidence: f64, freedom: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    while within(high, freedom) < confidence && high < 1e12 {
        high *= 2.0;
    }
    loop {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            return middle;
        }
        if within(middle, freedom) < confidence { low = middle } else { high = middle }
    }
}
