//! The words of a report that a stranger may not know.

/// A word with what it means here.
#[derive(Debug)]
pub(crate) struct Term {
    /// What its place in the page is called.
    pub(crate) id: &'static str,
    /// How it stands in the glossary.
    pub(crate) name: &'static str,
    /// How it stands in sentences.
    pub(crate) forms: &'static [&'static str],
    /// One or two sentences.
    pub(crate) meaning: &'static str,
}

const fn term(
    id: &'static str,
    name: &'static str,
    forms: &'static [&'static str],
    meaning: &'static str,
) -> Term {
    Term { id, name, forms, meaning }
}

/// In alphabetical order of their names. A new term is one entry.
pub(crate) static TERMS: [Term; 58] = [
    term(
        "adjusted-p",
        "adjusted p",
        &["adjusted p-value", "adjusted p", "p adjusted"],
        "The chance of a result at least as strong if nothing were there, corrected for the number of tests made, so that the best of many is not best by luck.",
    ),
    term(
        "attacks",
        "attacks by name",
        &["fgsm", "bim", "pgd", "mi-fgsm", "apgd-ce", "apgd-dlr", "deepfool", "cw", "jsma", "square"],
        "Ways to change an image so that the network errs: fgsm takes one step along the gradient, pgd and its kin many, deepfool and cw look for the smallest change, square needs no gradient.",
    ),
    term(
        "apcer",
        "APCER",
        &["APCER"],
        "The share of presentation attacks of one kind that are taken for live faces (ISO/IEC 30107-3). ACER is the mean of the worst APCER and BPCER.",
    ),
    term(
        "area",
        "area under the ROC curve",
        &[
            "area under the ROC curve",
            "Areas under the ROC curve",
            "areas under ROC curves",
            "Areas under ROC curves",
        ],
        "The chance that a random attacked (or genuine) input scores higher than a random sound (or impostor) one: 0.5 is guessing, 1 never wrong.",
    ),
    term(
        "barcode",
        "barcode",
        &["barcodes", "barcode"],
        "One bar for each component, loop or void of a cloud, from the scale at which it appears to the scale at which it is filled.",
    ),
    term("bpcer", "BPCER", &["BPCER"], "The share of live faces that are called attacks (ISO/IEC 30107-3)."),
    term(
        "cca",
        "CCA",
        &["SVCCA", "PWCCA", "CCA", "svcca", "pwcca", "cca"],
        "Canonical correlation analysis: how strongly directions of two clouds go together, whatever linear map lies between them. SVCCA and PWCCA weigh the directions.",
    ),
    term(
        "cka",
        "CKA",
        &["cka-debiased", "cka", "CKA"],
        "Centred kernel alignment: how alike the pairwise similarities of the same inputs are in two layers. 1 is the same up to rotation and scale; without debiasing few points make it too high.",
    ),
    term(
        "class-manifold",
        "class radius and dimension",
        &["class-radius", "class-dimension"],
        "Radius and dimension of the set of a class's points as a linear readout sees it (Chung et al. 2018).",
    ),
    term(
        "cloud",
        "cloud",
        &["point cloud", "clouds", "cloud"],
        "The outputs of one layer for all inputs: one point for each input, one coordinate for each feature.",
    ),
    term(
        "null",
        "clouds without structure (null)",
        &["clouds without structure", "its null", "null"],
        "Clouds of the same size, width and values in which each feature was shuffled on its own. A ratio of 1 to them means no more structure than that.",
    ),
    term(
        "davies-bouldin",
        "Davies–Bouldin index",
        &["davies-bouldin"],
        "Mean over classes of the spread of two classes over the distance of their means, for the most similar other class. Small where classes lie apart.",
    ),
    term(
        "epsilon",
        "ε",
        &["ε"],
        "The size of a perturbation: the radius of the ball around an image in which an attack may move it, in units of the pixel range 0 to 1.",
    ),
    term(
        "e0",
        "E0 (lifespans sum of H0)",
        &["Lifespans sum of H₀", "lifespans sum of H₀", "lifespans sum E₀", "E₀", "E0"],
        "The total length of the shortest tree that joins all points of a cloud. It falls where points draw together, and grows with their number and with the number of features.",
    ),
    term(
        "e1",
        "E1 (lifespans sum of H1)",
        &["Lifespans sum of H₁", "lifespans sum of H₁", "E₁", "E1"],
        "The total lifespan of the loops of a cloud: how long they stay open as balls around the points grow.",
    ),
    term(
        "e0-over-null",
        "E0 / null",
        &[
            "E₀ / null",
            "E₀ over its null",
            "E0 over its null",
            "E0/null",
            "E over its null",
            "lifespans-sum-over-null",
        ],
        "E0 divided by its mean over clouds of the same size and width with shuffled features, so that layers of different width compare. Lower is more structure (also features that go together), 1 none beyond theirs.",
    ),
    term(
        "e0-over-gaussian",
        "E₀ over that of a normal cloud",
        &["lifespans-sum-over-gaussian"],
        "E0 divided by its mean over normal clouds with the same covariance: 1 means no structure beyond width, spread and the directions that go together.",
    ),
    term(
        "eer",
        "equal error rate",
        &["equal error rate", "EER"],
        "The error rate at the threshold where as large a share of one side is accepted as of the other is refused.",
    ),
    term(
        "energy-distance",
        "energy distance",
        &["energy distance"],
        "How far two populations of points lie apart, by the distances between them less those within; 0 if they are the same.",
    ),
    term(
        "epoch",
        "epoch",
        &["epochs", "epoch"],
        "One pass of the training over all training images. Epoch 0 is the network before training.",
    ),
    term(
        "f1",
        "F1",
        &["F1"],
        "The mean over classes of the harmonic mean of precision and recall; 1 is perfect.",
    ),
    term(
        "generalisation-gap",
        "generalisation gap",
        &["generalisation gap"],
        "Test error less training error.",
    ),
    term(
        "granulated",
        "granulated Kendall",
        &["granulated Kendall", "Granulated", "granulated"],
        "Kendall's correlation within groups of networks that differ in one hyper-parameter alone, averaged: what a hyper-parameter moves on both sides does not enter.",
    ),
    term(
        "h0",
        "H0",
        &["H₀", "H0"],
        "Homology in dimension 0: the connected pieces of a cloud as balls around its points grow.",
    ),
    term(
        "h1",
        "H1",
        &["H₁", "H1"],
        "Homology in dimension 1: the loops of a cloud that are open at some scale.",
    ),
    term(
        "interval",
        "95 % interval",
        &["95 % intervals", "95 % interval"],
        "A range that would hold the true value in 95 of 100 repetitions, covering chance between samples, not the bias of an estimator. Where two overlap, no difference is established.",
    ),
    term(
        "intrinsic-dimension",
        "intrinsic dimension",
        &["Intrinsic dimension", "intrinsic dimensions", "intrinsic dimension"],
        "How many independent directions the points of a cloud move in near each other, however many features the layer has.",
    ),
    term(
        "interval-count",
        "interval count",
        &["interval-count"],
        "How many components or loops the diagram holds.",
    ),
    term(
        "kendall",
        "Kendall's correlation",
        &["Kendall"],
        "How often two networks are in the same order by both quantities, less how often they are not; from −1 to 1.",
    ),
    term(
        "layer",
        "last hidden layer",
        &["last hidden layer"],
        "The last layer before the output: what the classifier sees.",
    ),
    term(
        "lid",
        "LID",
        &["LID", "lid"],
        "Local intrinsic dimension of one point, from the distances to its nearest neighbours. An input far from all others has a high LID whatever the shape.",
    ),
    term(
        "lifespan",
        "lifespan",
        &["lifespans", "lifespan"],
        "Death less birth: the range of scales over which a component or loop exists. Long ones persist, short ones are what sampling leaves.",
    ),
    term(
        "mahalanobis",
        "Mahalanobis distance",
        &["Mahalanobis distance"],
        "The distance to the nearest class mean in units of the spread within classes.",
    ),
    term(
        "mle",
        "MLE",
        &[
            "Intrinsic dimension by maximum likelihood",
            "intrinsic dimension by maximum likelihood",
            "maximum-likelihood dimension",
            "by maximum likelihood",
            "MLE",
            "mle",
        ],
        "Intrinsic dimension by maximum likelihood (Levina and Bickel): how fast the number of neighbours grows with distance. Above about 10 it is too low.",
    ),
    term(
        "mtop-div",
        "MTop-Div",
        &["Manifold topology divergence", "manifold topology divergence", "MTop-Div"],
        "Manifold topology divergence: the lifespans of loops of one cloud that another does not fill; 0 where the second covers the first.",
    ),
    term(
        "nc1",
        "NC1",
        &["Neural collapse NC1", "NC1", "nc1"],
        "Neural collapse: spread within classes relative to the spread between class means. Small where classes have drawn together and apart.",
    ),
    term(
        "nc2",
        "NC2, NC3, NC4",
        &["nc2", "nc3", "nc4", "NC2", "NC3", "NC4"],
        "Neural collapse: how far angles of class means are from equal (NC2), the classifier from the class means (NC3), and the share of points it puts elsewhere than the nearest mean (NC4).",
    ),
    term(
        "noise",
        "noise, the control",
        &["random noise", "Random noise"],
        "A random perturbation of the same size. What it does as well is not due to the attack.",
    ),
    term(
        "partial-correlation",
        "partial correlation",
        &["Pearson's partial correlation", "partial correlation"],
        "The correlation that is left between two quantities when what other quantities explain is taken out of both.",
    ),
    term(
        "pearson",
        "Pearson's correlation",
        &["Pearson"],
        "How nearly two quantities lie on a line, from −1 to 1.",
    ),
    term(
        "permutation",
        "permutation test",
        &["permutations of persons", "permutations"],
        "Labels are dealt at random many times; p is how often chance does as well as the labels.",
    ),
    term(
        "diagram",
        "persistence diagram",
        &["Persistence diagram", "persistence diagrams", "persistence diagram"],
        "One mark for each component or loop of a cloud, at the scale where it appears and the scale where it is gone. Height above the diagonal is its lifespan.",
    ),
    term(
        "entropy",
        "persistent entropy",
        &["persistent-entropy"],
        "Evenness of the lifespans of a diagram: high where all live as long, low where few are much longer.",
    ),
    term(
        "ph-dimension",
        "PHdim",
        &["Persistent-homology dimension", "persistent-homology dimension", "PHdim", "ph-dimension"],
        "The dimension at which E0 grows with the number of points. Well separated classes lower it although no class has become simpler.",
    ),
    term(
        "pca",
        "principal components",
        &["principal components", "principal component"],
        "The directions in which a cloud is widest, in order.",
    ),
    term(
        "procrustes",
        "Procrustes distance",
        &["Procrustes", "procrustes"],
        "What is left between two clouds after the best rotation and scale; 0 for the same shape.",
    ),
    term(
        "relative-depth",
        "relative depth",
        &["relative depth", "Relative depth"],
        "The place of a layer in the network: 0 is the input, 1 the output.",
    ),
    term(
        "roc",
        "ROC curve",
        &["ROC curves", "ROC curve"],
        "For every threshold, the share of attacked (or genuine) inputs found against the share of sound (or impostor) ones that are wrongly called so.",
    ),
    term(
        "rtd",
        "RTD",
        &["representation topology divergence", "Representation topology divergence", "RTD", "rtd"],
        "Representation topology divergence: how far the shape of the same points differs between two clouds; 0 if no loop or cluster of one is missing in the other.",
    ),
    term(
        "separation-share",
        "separation share",
        &[
            "Separation",
            "separation of the classes",
            "class separation",
            "separation share",
            "classes that draw apart",
            "drawing the classes apart",
            "drawing the classes as far apart",
        ],
        "How much of a fall of E0 classes would make that draw apart as far while nothing else changes. Above one half, the fall is no evidence of simpler shape; below, it is none by itself either.",
    ),
    term(
        "silhouette",
        "silhouette",
        &["silhouette"],
        "How much nearer a point is to its own group than to the nearest other: 1 far apart, 0 on top of each other.",
    ),
    term(
        "simulated",
        "simulated",
        &["simulated"],
        "Attacks computed from live images, not taken with a camera. They say nothing of genuine prints and screens.",
    ),
    term(
        "spearman",
        "Spearman's correlation",
        &["Spearman"],
        "How nearly the order of two quantities agrees, from −1 to 1.",
    ),
    term(
        "standard-error",
        "standard error",
        &["standard error"],
        "The spread that an estimate would have over repetitions of the sample.",
    ),
    term(
        "t-sne",
        "t-SNE",
        &["t-SNE"],
        "A picture in two dimensions that keeps neighbours together. Distances between groups and their sizes mean little.",
    ),
    term(
        "tangent",
        "tangent space",
        &["Tangent spaces", "tangent spaces", "tangent space"],
        "The plane in which a cloud runs near a point, here by principal components of its nearest neighbours.",
    ),
    term(
        "two-nn",
        "TwoNN",
        &[
            "Intrinsic dimension by two nearest neighbours",
            "intrinsic dimension by two nearest neighbours",
            "TwoNN",
            "two-nn",
        ],
        "Intrinsic dimension from the ratio of the distances to the two nearest neighbours: the smallest scale, where noise lives.",
    ),
    term(
        "wasserstein",
        "Wasserstein distance",
        &["Wasserstein distance"],
        "How far the points of one diagram must be moved to become another.",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_term_has_one_place_and_a_short_meaning() {
        let mut ids: Vec<&str> = TERMS.iter().map(|term| term.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), TERMS.len());
        let mut forms: Vec<&str> = TERMS.iter().flat_map(|term| term.forms).copied().collect();
        let n = forms.len();
        forms.sort_unstable();
        forms.dedup();
        assert_eq!(forms.len(), n, "a form belongs to one term");
        for term in &TERMS {
            let told = term.meaning;
            assert!(told.ends_with('.') && told.len() < 240 && !term.forms.is_empty(), "{}", term.id);
        }
    }
}
