"""Charts as self-contained SVG.

Modules
-------
`_axes`: The parts that every bar chart is drawn from; all lengths are in points (72 to the inch).
`bar_charts`: Bar charts of frequencies, as in a study's figures: per theme by case, and by group.
`estimates`: Chart and tables of estimated frequencies: points with intervals, one a method.
`intervals`: The chart of intervals: for each code a dot where the coefficient is, and a line where it
    may be.
`reliability`: The reliability diagram: predicted probabilities against the shares that people coded.
`svg`: A matplotlib figure as inline SVG: self-contained, accessible, and the same bytes every time.
"""
