"""A milestone's life against a model: `model` says where each taka has to be, `scene` is the product with its Stripe,
`places` reads where it is, `machine` plays. `gate` stands before the outside world while a process is killed."""
