-- Everything kept in some files. Parameters: $files.
SELECT *
FROM read_parquet($files)
