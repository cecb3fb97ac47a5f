"""RSS, RDF and Atom as XML: read strictly, repaired within bounds, extracted by ourselves."""
