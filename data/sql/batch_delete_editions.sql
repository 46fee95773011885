-- Take the edition rows a load replaces out of the present state. incoming holds the editions.
DELETE FROM edition
USING incoming
WHERE incoming.index_id = edition.index_id AND incoming.edition = edition.edition
