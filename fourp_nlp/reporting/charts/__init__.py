"""Charts as self-contained SVG.

Modules
-------
`_axes`: Parts of bar charts; all lengths are in points (72 to the inch).
`bar_charts`: Bar charts of frequencies, as in a study's figures: per theme by case, and by group.
`estimates`: Chart and tables of estimated frequencies: a point with its interval for each method.
`intervals`: Chart of intervals: for each code a dot for the coefficient and a line for its interval.
`reliability`: Reliability diagram: predicted probabilities against the shares that people coded.
`svg`: A matplotlib figure as inline SVG: self-contained, accessible, and the same bytes every time.
"""
