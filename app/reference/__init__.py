"""The facts that ship with the product: ODS organisations, outcode centres, vocabularies, the demo.

Data and typed readers only: nothing here knows a database or HTTP. Where each file comes from,
and under which licence, is told in README.md beside it.
"""
