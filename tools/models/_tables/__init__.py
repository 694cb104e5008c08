"""What the families for tables share.

encoding, text   columns → numbers and category codes
dense            those as one standardised matrix
target           what is learned, between the target column and a learner's own numbers
calibration      what is put right about class probabilities afterwards
train_val_data   reading the splits; the predictor that every family leaves
boosting, forms  fitted learners that save themselves without pickle
"""
