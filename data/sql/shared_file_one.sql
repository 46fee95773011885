-- The bytes of a kept file. Parameters: $folder, $name.
-- Grain: one row, or none.
SELECT content
FROM file
WHERE folder = $folder
    AND name = $name
