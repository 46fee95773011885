-- Keep the rows of the table places_kept in a file beside the store. {path} is a path of ours with
-- its quotes doubled, {names} are columns of ours, {size} is a number of ours.
COPY (
    SELECT *
    FROM places_kept
    ORDER BY {names}
) TO '{path}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {size})
