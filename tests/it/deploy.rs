//! deploy.sh under hostile conditions.
