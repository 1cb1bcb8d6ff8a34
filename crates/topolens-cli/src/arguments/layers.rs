//! What `--layers` accepts.

/// Glob patterns of one `--layers`.
pub(crate) type LayerPatterns = Vec<String>;

/// Patterns separated by commas; one in braces or brackets, or behind a backslash, belongs to its pattern.
pub(super) fn layer_patterns(text: &str) -> Result<LayerPatterns, String> {
    let (mut patterns, mut pattern) = (Vec::new(), String::new());
    let (mut depth, mut is_escaped) = (0_usize, false);
    for letter in text.chars() {
        match letter {
            _ if is_escaped => {}
            '{' | '[' => depth += 1,
            '}' | ']' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                patterns.push(std::mem::take(&mut pattern));
                continue;
            }
            _ => {}
        }
        is_escaped = letter == '\\' && !is_escaped;
        pattern.push(letter);
    }
    patterns.push(pattern);
    if patterns.iter().any(|pattern| pattern.trim().is_empty()) {
        return Err("a pattern is empty; give names or globs, separated by commas".to_owned());
    }
    Ok(patterns)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_separate_but_those_that_belong_to_a_pattern() {
        let of = |text: &str| layer_patterns(text).unwrap();
        assert_eq!(of("block1,block2"), ["block1", "block2"]);
        assert_eq!(of(r"conv\,1,output"), [r"conv\,1", "output"]);
        assert_eq!(of(r"a\\,b"), [r"a\\", "b"]);
        assert_eq!(of("layer{1,2}*,output"), ["layer{1,2}*", "output"]);
        assert_eq!(of("a[,]b,c"), ["a[,]b", "c"]);
        assert_eq!(of("}a,b"), ["}a", "b"]);
        assert!(layer_patterns("a,,b").is_err() && layer_patterns("").is_err());
    }
}
