-- Names of the kept files of one folder. Parameters: $folder.
-- Grain: one row per file.
SELECT name
FROM file
WHERE folder = $folder
ORDER BY name
