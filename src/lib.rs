//! One declarative spec of environments and ECS services in; Terraform, CloudFormation and AWS CLI scripts that scale
//! them out. The program `gen` is a thin shell around this pipeline:
//!
//! **text → document → spec → fleet → artifacts → changes**
//!
//! ```
//! use scalegen::artifacts::{Disk, compare};
//! use scalegen::diagnostic::Diagnostics;
//! use scalegen::document::Document;
//! use scalegen::render::{Selection, Templates, render};
//! use scalegen::{plan, spec};
//!
//! let text = r#"
//! version: 1
//! project: shop
//! defaults:
//!   capacity: { min: 2, max: 10 }
//!   scaling: { cpu: { target: 70 } }
//! services: { web: {} }
//! environments: { prod: { account: "111111111111", region: eu-west-1 } }
//! "#;
//!
//! let mut found = Diagnostics::default();
//! let document = Document::parse("spec.yaml", text.as_bytes().to_vec(), &mut found);
//! let spec = spec::read(&document, &mut found).expect("its structure is right");
//! let fleet = plan::resolve(&spec, &mut found).expect("its values are right");
//! let artifacts = render(&fleet, &Templates::embedded(), &Selection::default())?;
//! assert!(artifacts["cloudformation/prod/web.yaml"].text.contains("MaxCapacity: 10"));
//!
//! let changes = compare(&Disk::new("nowhere"), &fleet.project, &artifacts, &[])?;
//! assert_eq!(changes.changes.len(), artifacts.len(), "all are missing");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Each arrow is a pure function in a module of its own; input and output happen at the two ends. The modules stand
//! in layer order: each uses only those above it, as a test enforces.

pub mod diagnostic;

pub mod document;

pub mod spec;

pub mod plan;

pub mod cost;

pub mod loadtest;

pub mod lint;

pub mod artifacts;

pub mod render;

pub mod report;

pub mod cli;

pub mod commands;
