-- Remember what a person confirmed for a layout.
-- Parameters: $index_id, $fingerprint, $mapping, $confirmed_by, $confirmed_at.
INSERT OR REPLACE INTO layout_memory (index_id, fingerprint, mapping, confirmed_by, confirmed_at)
VALUES ($index_id, $fingerprint, $mapping, $confirmed_by, $confirmed_at)
