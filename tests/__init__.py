"""A package, so that `tests` is this folder: a dependency of the mini internet installs a package of that name."""
