-- Leave a connection nothing but the plain files of one folder, which do not change under their
-- names, and no way back. {path} is a path of ours with its quotes doubled.
SET allowed_directories = ['{path}/'];
SET parquet_metadata_cache = true;
SET enable_external_access = false;
SET lock_configuration = true
