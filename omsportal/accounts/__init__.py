"""How people come in: citizens by a code sent to their e-mail, staff by a password and a second factor."""
