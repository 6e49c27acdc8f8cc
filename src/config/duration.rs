//! Durations as people write them.

use std::time::Duration;

/// Reads a whole number and a unit: `ms`, `s`, `m`, `h` or `d`.
pub(super) fn parse(text: &str) -> Option<Duration> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = (text.get(..digits)?.parse::<u64>().ok()?, text.get(digits..)?);
    let seconds = match unit {
        "ms" => return Some(Duration::from_millis(number)),
        "s" => 1,
        "m" => 60,
        "h" => 60 * 60,
        "d" => 24 * 60 * 60,
        _ => return None,
    };
    number.checked_mul(seconds).map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_and_a_unit() {
        assert_eq!(parse("500ms"), Some(Duration::from_millis(500)));
        assert_eq!(parse("25s"), Some(Duration::from_secs(25)));
        assert_eq!(parse("2h"), Some(Duration::from_secs(7200)));
        for other in ["", "s", "25", "-1s", "1.5s", "25 s", "99999999999999999999s", "18446744073709551615d"]
        {
            assert_eq!(parse(other), None, "{other}");
        }
    }
}
