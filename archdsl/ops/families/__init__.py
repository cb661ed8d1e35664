"""The ops, a family a file: each op whole, in one class.

What they share stands beside this folder; `registry` knows which file has which words.
"""
