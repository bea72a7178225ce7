"""How the figures of a report are drawn on a page: cells with links, charts, sentences, the picture of hand-overs, the periods."""
