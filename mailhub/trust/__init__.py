"""The trust set: which certificates signatures are believed by, its versions, and what there is to say about them."""
