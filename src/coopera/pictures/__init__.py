"""Pictures: plain data in; the text of an SVG picture out, the same bytes each time.

A picture is drawn twice, for a narrow and for a wide screen, and the stylesheet shows one: text
keeps its size on both. Colours are classes of the stylesheet, never values, and nothing here is an
inline style. Whatever a picture is given as text is escaped.
"""
