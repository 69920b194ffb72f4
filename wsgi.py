"""What a WSGI server imports: `wsgi:app`."""
from marketplace.factory import create_app

app = create_app()
