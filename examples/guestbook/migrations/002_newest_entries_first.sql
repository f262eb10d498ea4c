create index entries_newest_first on entries (created_at desc, id desc);
