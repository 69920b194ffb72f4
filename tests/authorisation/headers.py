"""Browsers tell what the policy refused; everybody's may, and what is no report is refused."""
from tests.authorisation.routes import ROLES, Route

ROUTES = [Route("headers.create_report", "POST", dict.fromkeys(ROLES, 400), data={"no": "report"})]
