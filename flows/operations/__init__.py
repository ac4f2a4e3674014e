"""How the flows are kept running: server, worker, automations, and what they say of themselves; no step lives here."""
