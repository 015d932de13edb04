"""People of the union who run a campaign: accounts, what each may do, the log of what was done."""
