"""`noglue bench --layouts`: small sets of real data, each written in another format or layout, and what noglue sees.

layout        what a layout is, what it should come to, and the catalogue of all of them
real_data     iris, digits, penguins, passages of documentation, …: what the layouts are made of
kinds/        one file for each kind; a function writes the files and says what should come of them
judge         inspect and prepare, in a process of their own, and what is wrong with what they found
bench         the command

The builders use the formats' own libraries and public descriptions and nothing of the readers, so that the judge
is not blind where the judged is.
"""
