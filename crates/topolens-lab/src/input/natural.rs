//! Names in the order in which people count: layer2 before layer10.

/// Text and numbers in turn, to sort by.
pub(super) fn natural(name: &str) -> Vec<(String, u64)> {
    let mut parts = vec![(String::new(), 0_u64)];
    let mut in_number = false;
    for character in name.chars() {
        match character.to_digit(10) {
            Some(digit) => {
                if let Some(last) = parts.last_mut() {
                    last.1 = last.1.saturating_mul(10).saturating_add(u64::from(digit));
                }
                in_number = true;
            }
            None if in_number => {
                parts.push((character.to_string(), 0));
                in_number = false;
            }
            None => {
                if let Some(last) = parts.last_mut() {
                    last.0.push(character);
                }
            }
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_names_are_in_order() {
        let mut names = ["layer10", "layer2", "conv", "layer2.relu", "layer1"];
        names.sort_by_key(|name| natural(name));
        assert_eq!(names, ["conv", "layer1", "layer2", "layer2.relu", "layer10"]);
    }
}
