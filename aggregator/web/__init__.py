"""HTTP, guarded: whoever needs the network comes through here."""
