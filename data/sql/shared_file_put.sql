-- Keep the bytes of a file; a name stands for the same bytes for ever.
-- Parameters: $folder, $name, $content.
INSERT INTO file (folder, name, content)
VALUES ($folder, $name, $content)
ON CONFLICT DO NOTHING
