//! How much memory there is, and whether the work fits.

use std::fs;

/// Checks that work of `needed` bytes fits `limit`, or what the machine has left if no limit was given.
pub(crate) fn ensure_fits(needed: u64, limit: Option<u64>, suggestion: &str) -> anyhow::Result<()> {
    let Some(limit) = limit.or_else(available) else { return Ok(()) };
    anyhow::ensure!(
        needed <= limit,
        "this needs about {} of memory, and {} may be used: {suggestion}, or allow more with --memory",
        in_words(needed),
        in_words(limit)
    );
    Ok(())
}

/// Checks that work of `needed` bytes fits what the machine has left.
pub(crate) fn ensure_left(needed: u64, suggestion: &str) -> anyhow::Result<()> {
    let Some(left) = available() else { return Ok(()) };
    anyhow::ensure!(
        needed <= left,
        "this needs about {} of memory, and {} is left: {suggestion}",
        in_words(needed),
        in_words(left)
    );
    Ok(())
}

/// A number of bytes as the command line gives it: `800M`, `4G`, `1.5G` or plain bytes.
pub(crate) fn parse(text: &str) -> Result<u64, String> {
    let (number, unit) = match text.to_ascii_uppercase().trim_end_matches('B') {
        text if text.ends_with('K') => (text.trim_end_matches('K').to_owned(), 1_u64 << 10),
        text if text.ends_with('M') => (text.trim_end_matches('M').to_owned(), 1 << 20),
        text if text.ends_with('G') => (text.trim_end_matches('G').to_owned(), 1 << 30),
        text => (text.to_owned(), 1),
    };
    let bytes = number.trim().parse::<f64>().ok().filter(|number| number.is_finite() && *number > 0.0);
    #[expect(clippy::cast_sign_loss, reason = "positive, and saturating")]
    bytes.map(|bytes| (bytes * unit as f64) as u64).ok_or_else(|| "give a size such as 800M or 4G".to_owned())
}

/// `3.2 GB`, `180 MB`, `12 KB`.
pub(crate) fn in_words(bytes: u64) -> String {
    let megabytes = bytes as f64 / f64::from(1 << 20);
    if megabytes < 1.0 {
        return format!("{:.0} KB", (bytes as f64 / 1024.0).ceil());
    }
    if megabytes < 1000.0 {
        return format!("{megabytes:.0} MB");
    }
    format!("{:.1} GB", megabytes / 1024.0)
}

/// What the system says can be used without swapping, within the limits of a control group; known on Linux.
pub(crate) fn available() -> Option<u64> {
    let information = fs::read_to_string("/proc/meminfo").ok()?;
    let line = information.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let system = line.trim().trim_end_matches(" kB").parse::<u64>().ok()? << 10;
    let number = |file: &str| fs::read_to_string(file).ok()?.trim().parse::<u64>().ok();
    let group = number("/sys/fs/cgroup/memory.max")
        .map(|limit| limit.saturating_sub(number("/sys/fs/cgroup/memory.current").unwrap_or_default()));
    Some(group.map_or(system, |group| group.min(system)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_with_and_without_units() {
        assert_eq!(parse("4G"), Ok(4 << 30));
        assert_eq!(parse("1.5m"), Ok(3 << 19));
        assert_eq!(parse("800"), Ok(800));
        for bad in ["", "G", "-1G", "much", "1X", "é"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
        assert_eq!((in_words(3 << 30).as_str(), in_words(10).as_str()), ("3.0 GB", "1 KB"));
    }

    #[test]
    fn what_does_not_fit_is_refused_with_a_way_out() {
        assert!(ensure_fits(10, Some(10), "").is_ok());
        let message = ensure_fits(2 << 30, Some(1 << 30), "lower --points").unwrap_err().to_string();
        assert!(message.contains("2.0 GB") && message.contains("lower --points, or allow"), "{message}");
    }
}
