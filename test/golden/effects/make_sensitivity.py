"""Writes sensitivity.json: the Darfur example of Cinelli and Hazlett (2020) from PySensemakr 0.0.8 and its own data.

    uv pip install --python cases/bin/python -r requirements.txt PySensemakr==0.0.8
    cases/bin/python make_sensitivity.py > sensitivity.json
"""

import json

import sensemakr as smkr
import statsmodels.formula.api as smf

covariates = "age + farmer_dar + herder_dar + pastvoted + hhsize_darfur + female + village"
data = smkr.load_darfur()
outcome = smf.ols(f"peacefactor ~ directlyharmed + {covariates}", data).fit()
treatment = smf.ols(f"directlyharmed ~ {covariates}", data).fit()
share = lambda fit: float(fit.tvalues["female"] ** 2 / (fit.tvalues["female"] ** 2 + fit.df_resid))
estimate, error, df = (float(x) for x in (outcome.params["directlyharmed"], outcome.bse["directlyharmed"], outcome.df_resid))
first = lambda value: float(value.iloc[0]) if hasattr(value, "iloc") else float(value)

bounds = []
for times in (1, 2, 3):
    bound = smkr.ovb_partial_r2_bound(r2dxj_x=share(treatment), r2yxj_dx=share(outcome), kd=times, ky=times)
    d, y = first(bound["r2dz_x"]), first(bound["r2yz_dx"])
    bounds.append(
        {
            "times": times,
            "estimate": first(smkr.adjusted_estimate(r2dz_x=d, r2yz_dx=y, estimate=estimate, se=error, dof=df)),
            "error": first(smkr.adjusted_se(r2dz_x=d, r2yz_dx=y, se=error, dof=df)),
        }
    )
print(
    json.dumps(
        {
            "estimate": estimate,
            "error": error,
            "residual_df": df,
            "with_signal": share(treatment),
            "with_outcome": share(outcome),
            "robustness": first(smkr.robustness_value(t_statistic=estimate / error, dof=df)),
            "robustness_at_95": first(smkr.robustness_value(t_statistic=estimate / error, dof=df, alpha=0.05)),
            "bounds": bounds,
        }
    )
)
