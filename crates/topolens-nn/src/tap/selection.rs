//! Which layers are recorded.

use globset::{Glob, GlobMatcher};

use crate::error::{Error, ErrorKind};
use crate::network::{Layer, LayerKind};

/// Indices, in order, of the layers whose names match any of the glob `patterns` (`block*`, `*.conv?`); a dot is no
/// border. A pattern behind `!` takes layers away from them, or from the [default taps](default_taps) if there are no others.
///
/// # Errors
///
/// If a pattern is malformed or matches nothing; the message lists the layers. If nothing is left.
///
/// # Examples
///
/// ```
/// use topolens_nn::{Model, ModelSpec, Network, tap};
///
/// let model: Model = ModelSpec::new("resnet8", [8, 8, 1], 10).build()?;
/// let taps = tap::select(model.layers(), &["block?", "output"])?;
/// let names: Vec<&str> = taps.iter().map(|tap| model.layers()[*tap].name.as_str()).collect();
/// assert_eq!(names, ["block1", "block2", "block3", "output"]);
/// assert_eq!(tap::select(model.layers(), &["block?", "!block2"])?.len(), 2);
/// # Ok::<(), topolens_nn::Error>(())
/// ```
pub fn select<S: AsRef<str>>(layers: &[Layer], patterns: &[S]) -> Result<Vec<usize>, Error> {
    if patterns.is_empty() {
        return Err(ErrorKind::Empty {
            argument: "layers",
            hint: "give at least one pattern, such as 'block*'",
        }
        .into());
    }
    let mut selected = select_in_order(layers, patterns, &default_taps(layers))?;
    selected.sort_unstable();
    Ok(selected)
}

/// As [`select`], in the order of the patterns; `otherwise` are the layers if no pattern chooses any.
///
/// # Errors
///
/// As [`select`].
pub fn select_in_order<S: AsRef<str>>(
    layers: &[Layer],
    patterns: &[S],
    otherwise: &[usize],
) -> Result<Vec<usize>, Error> {
    let (mut wanted, mut left_out) = (Vec::new(), Vec::new());
    for pattern in patterns.iter().map(|pattern| pattern.as_ref().trim()) {
        match pattern.strip_prefix('!') {
            Some(pattern) => left_out.extend(matching(layers, pattern)?),
            None => wanted.extend(matching(layers, pattern)?),
        }
    }
    if wanted.is_empty() {
        wanted.extend(otherwise);
    }
    let mut selected = Vec::new();
    for index in wanted {
        if !left_out.contains(&index) && !selected.contains(&index) {
            selected.push(index);
        }
    }
    if selected.is_empty() {
        return Err(ErrorKind::Empty {
            argument: "layers",
            hint: "the patterns behind ! leave no layer; take one of them away",
        }
        .into());
    }
    Ok(selected)
}

/// The pattern that matches a layer of this name alone, as the command line takes it: what has a meaning in patterns stands behind `\`.
///
/// # Examples
///
/// ```
/// use topolens_nn::tap::pattern_of;
///
/// assert_eq!(pattern_of("block1/w,[0]"), r"block1/w\,\[0\]");
/// ```
pub fn pattern_of(name: &str) -> String {
    let mut pattern = String::new();
    for letter in name.chars() {
        if r"\,*?[]{}".contains(letter) {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern
}

/// Indices of the layers whose names match a pattern.
fn matching(layers: &[Layer], pattern: &str) -> Result<Vec<usize>, Error> {
    let matcher = matcher(pattern)?;
    let matched: Vec<usize> =
        (0..layers.len()).filter(|index| matcher.is_match(&layers[*index].name)).collect();
    if matched.is_empty() {
        let available = layers.iter().map(|layer| layer.name.clone()).collect();
        return Err(ErrorKind::NoLayerMatches { pattern: pattern.to_owned(), available }.into());
    }
    Ok(matched)
}

fn matcher(pattern: &str) -> Result<GlobMatcher, Error> {
    let glob = Glob::new(pattern);
    glob.map(|glob| glob.compile_matcher()).map_err(|error| {
        let reason = error.kind().to_string();
        ErrorKind::BadPattern { pattern: pattern.to_owned(), reason }.into()
    })
}

/// About ten layers that tell the whole story: the ends of nine equal parts of the hidden layers, then the output.
///
/// Of a network with many blocks their ends count, with the first nonlinearity before them and the last one behind them; else
/// layers after a nonlinearity, so that like is compared with like; all hidden layers if there are fewer than three of these.
pub fn default_taps(layers: &[Layer]) -> Vec<usize> {
    let Some(output) = layers.len().checked_sub(1) else { return Vec::new() };
    let after_nonlinearity =
        |index: &usize| matches!(layers[*index].kind, LayerKind::Nonlinearity | LayerKind::Block);
    let mut hidden: Vec<usize> = (0..output).filter(after_nonlinearity).collect();
    let is_block = |index: &usize| layers[*index].kind == LayerKind::Block;
    if hidden.iter().filter(|index| is_block(index)).count() >= MANY_BLOCKS {
        let (first, last) = (hidden[0], hidden[hidden.len() - 1]);
        hidden.retain(|index| is_block(index) || *index == first || *index == last);
    }
    if hidden.len() < 3 {
        hidden = (0..output).collect();
    }
    let n_parts = hidden.len().min(9);
    let end = |part: usize| hidden[(2 * part * hidden.len() + n_parts) / (2 * n_parts) - 1];
    (1..=n_parts).map(end).chain([output]).collect()
}

/// Blocks from which on only their ends count.
const MANY_BLOCKS: usize = 6;

#[cfg(test)]
mod tests {
    use super::*;

    fn layers(kinds: &[LayerKind]) -> Vec<Layer> {
        let layer = |(index, kind): (usize, &LayerKind)| Layer {
            name: format!("layer{index}"),
            kind: *kind,
            relative_depth: (index + 1) as f64 / kinds.len() as f64,
            output_shape: vec![1],
        };
        kinds.iter().enumerate().map(layer).collect()
    }

    #[test]
    fn a_miss_lists_the_layers() {
        let layers = layers(&[LayerKind::Block, LayerKind::Linear]);
        let message = select(&layers, &["layer0", "stage*"]).unwrap_err().to_string();
        assert!(message.contains("stage*") && message.contains("layer0, layer1"), "{message}");
        assert!(select(&layers, &["[a"]).unwrap_err().to_string().contains("[a"));
        assert!(select::<&str>(&layers, &[]).is_err());
    }

    #[test]
    fn patterns_add_up_without_repeats() {
        let layers = layers(&[LayerKind::Block; 3]);
        assert_eq!(select(&layers, &["layer2", "*", "layer0"]).unwrap(), [0, 1, 2]);
        assert_eq!(select_in_order(&layers, &["layer2", "*", "layer0"], &[]).unwrap(), [2, 0, 1]);
    }

    #[test]
    fn patterns_behind_an_exclamation_mark_take_layers_away() {
        let layers = layers(&[LayerKind::Block; 4]);
        assert_eq!(select(&layers, &["*", "!layer[12]"]).unwrap(), [0, 3]);
        assert_eq!(select(&layers, &["!layer0", "layer?", " !layer3"]).unwrap(), [1, 2]);
        // Of the default taps, here all.
        assert_eq!(select(&layers, &["!layer1"]).unwrap(), [0, 2, 3]);
        assert_eq!(select_in_order(&layers, &["!layer1"], &[3, 1, 0]).unwrap(), [3, 0]);
        let left = select(&layers, &["layer1", "!*"]).unwrap_err().to_string();
        assert!(left.contains("leave no layer"), "{left}");
        let odd = Layer { name: r"!w,[1]*\".to_owned(), ..layers[0].clone() };
        let both = [odd.clone(), layers[1].clone()];
        assert_eq!(select(&both, &["*".to_owned(), format!("!{}", pattern_of(&odd.name))]).unwrap(), [1]);
        let unknown = select(&layers, &["*", "!conv"]).unwrap_err().to_string();
        assert!(unknown.contains("\"conv\"") && unknown.contains("layer3"), "{unknown}");
    }

    #[test]
    fn default_taps_end_with_the_last_hidden_layer_and_the_output() {
        let mut kinds = [LayerKind::Convolution, LayerKind::Nonlinearity].repeat(20);
        kinds.push(LayerKind::Linear);
        let taps = default_taps(&layers(&kinds));
        assert_eq!(taps.len(), 10);
        assert_eq!(&taps[8..], [39, 40]);
        assert!(taps.is_sorted());
        assert!(taps[..9].iter().all(|tap| tap % 2 == 1));
    }

    #[test]
    fn of_many_blocks_the_ends_count() {
        let mut kinds = vec![LayerKind::Convolution, LayerKind::Nonlinearity];
        kinds.extend([LayerKind::Nonlinearity, LayerKind::Sum, LayerKind::Block].repeat(7));
        kinds.extend([LayerKind::Nonlinearity, LayerKind::Linear]);
        assert_eq!(default_taps(&layers(&kinds)), [1, 4, 7, 10, 13, 16, 19, 22, 23, 24]);
    }

    #[test]
    fn a_shallow_network_is_tapped_everywhere() {
        assert_eq!(
            default_taps(&layers(&[LayerKind::Other, LayerKind::Other, LayerKind::Linear])),
            [0, 1, 2]
        );
        assert_eq!(default_taps(&layers(&[LayerKind::Linear])), [0]);
        assert_eq!(default_taps(&[]), Vec::<usize>::new());
    }
}
