"""Plain Python with no ORM: models, reports, controllers and database-less tests all use it."""
