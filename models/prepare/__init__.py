"""From a table of listings to what an estimator eats: features, price levels, imputation, the outlier rule."""
