"""Estimators of intrinsic dimension under the names and with the methods of scikit-dimension.

For programs written for it: ``from skdim import id`` becomes ``from topolens import skdim as id``. Needs scikit-learn:
``pip install 'topolens[sklearn]'``. New programs may as well call ``topolens.intrinsic_dimension``, which also gives
standard errors and intervals, or ``topolens.sklearn.IntrinsicDimension``.

All classes have ``fit``, ``transform``, ``fit_transform`` and ``dimension_``, and for the single points
``transform_pw``, ``fit_transform_pw`` and ``dimension_pw_``. ``TwoNN``, ``lPCA``, ``CorrInt``, ``FisherS``,
``MiND_ML``, ``KNN`` and ``DANCo`` look at the whole cloud in ``fit``, and at the neighbourhood of each point in
``fit_pw``; ``MLE``, ``MOM``, ``MADA``, ``TLE`` and ``ESS`` look at neighbourhoods in ``fit``.

The numbers are those of scikit-dimension 0.5.0 up to rounding, but for those of ``DANCo`` and ``KNN``, and single cases
of ``lPCA``, ``TwoNN``, ``CorrInt``, ``MADA`` and ``ESS``; each class says so. Repeated points count once here. Settings
that are not listed are absent, and fixed at the defaults of scikit-dimension. All cores are used, or as
many as ``with topolens.threads(n):`` says: there is no ``n_jobs``. ``random_state`` is 0 by default, not None, and ``dimension_`` is a float also where it is whole.

>>> import numpy as np
>>> from topolens import skdim as id
>>> plane = np.random.default_rng(0).random((500, 2)) @ np.array([[1.0, 2.0, 3.0], [0.0, 1.0, -1.0]])
>>> id.lPCA().fit_transform(plane)
2.0
>>> id.MLE().fit(plane).dimension_pw_.shape
(500,)
"""

import topolens.sklearn  # which says how to get scikit-learn where it is missing
from topolens.skdim._global import DANCo, FisherS, KNN, CorrInt, MiND_ML, TwoNN, lPCA
from topolens.skdim._local import ESS, MADA, MLE, MOM, TLE

__all__ = ["CorrInt", "DANCo", "ESS", "FisherS", "KNN", "MADA", "MLE", "MOM", "MiND_ML", "TLE", "TwoNN", "lPCA"]
