//! This repository: its layers, workflows, releases, hooks, and its own documents.

mod architecture;
mod pipeline;
mod recipes;
mod release;
mod repository;
mod sizes;
mod workflows;
