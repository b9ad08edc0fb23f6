"""What has to outlive a process: SQLAlchemy tables, migrations, repositories."""
