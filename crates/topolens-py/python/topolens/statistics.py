"""Correlations, intervals and tests of few numbers, such as descriptors of layers or errors of networks.

Every number comes with its uncertainty: 95 % intervals, p-values that are exact where there are few points, bootstrap
intervals of any statistic. What has no value, as the correlation of a constant, is an error that says why, never NaN.

>>> from topolens import statistics
>>> descriptor, error = [20.6, 18.4, 17.4, 14.6, 11.2], [0.126, 0.122, 0.133, 0.089, 0.076]
>>> found = statistics.spearman(descriptor, error)
>>> found
Correlation(0.7000, 95 % [-0.5909, 0.9841], p = 0.233 by permutations)
>>> round(float(statistics.partial_correlation(descriptor, error, [8, 8, 14, 14, 20])), 2)
0.85
>>> statistics.adjusted_p_values([found.p_value, 0.01], method="benjamini-hochberg").round(3)
array([0.233, 0.02 ])
"""

from topolens._bootstrap import bootstrap_interval
from topolens._topolens import (
    BootstrapInterval,
    ConditionalInformation,
    Correlation,
    GranulatedKendall,
    LinearFit,
    Mean,
    RocArea,
    RocComparison,
    RocCurve,
    adjusted_p_values,
    compare_roc_areas,
    conditional_information,
    granulated_kendall,
    kendall,
    linear_regression,
    mean,
    partial_correlation,
    pearson,
    roc_area,
    roc_curve,
    spearman,
)

__all__ = [
    "BootstrapInterval",
    "ConditionalInformation",
    "Correlation",
    "GranulatedKendall",
    "LinearFit",
    "Mean",
    "RocArea",
    "RocComparison",
    "RocCurve",
    "adjusted_p_values",
    "bootstrap_interval",
    "compare_roc_areas",
    "conditional_information",
    "granulated_kendall",
    "kendall",
    "linear_regression",
    "mean",
    "partial_correlation",
    "pearson",
    "roc_area",
    "roc_curve",
    "spearman",
]
