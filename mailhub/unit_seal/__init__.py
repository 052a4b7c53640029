"""The unit's seal: put on a document by a clerk's act, and only where the rules let it be (Decree 30/2020/NĐ-CP, article 32)."""
