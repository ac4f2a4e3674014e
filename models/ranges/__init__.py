"""How sure a price is: ranges, what they are learned from, and when there is no judgement."""
