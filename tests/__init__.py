"""A package by this file: Canaille brings one of the same name, which would stand before ours."""
