-- Take the figures a load replaces or removes out of the present state. incoming holds the keys.
DELETE FROM figure
USING incoming
WHERE incoming.unit_id = figure.unit_id
    AND incoming.component_id = figure.component_id
    AND incoming.edition = figure.edition
