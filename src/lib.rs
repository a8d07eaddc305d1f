//! One declarative spec of environments and ECS services in; Terraform, CloudFormation and AWS CLI scripts that scale
//! them out.
//!
//! This is the library below the program `gen`. [`generate`] is the heart: the text of a spec in, the files by path out.
//!
//! ```
//! # let spec = "version: 1\nproject: shop\nservices: { web: { capacity: { min: 2, max: 9 }, scaling: { cpu: { target: 70 } } } }\nenvironments: { prod: { account: \"111111111111\", region: eu-west-1 } }\n";
//! match scalegen::generate(spec) {
//!     Ok(artifacts) => {
//!         for (path, artifact) in &artifacts {
//!             println!("{path}: {} bytes", artifact.text.len());
//!         }
//!     }
//!     Err(invalid) => eprintln!("{}", invalid.in_file("specs/shop.yaml")),
//! }
//! ```
//!
//! Nothing is read or written. To compare artifacts with what is on disk, and to write them without losing an edit made by
//! hand, run the program: `gen check` and `gen`.
//!
//! What stands on this page is the public API, and changes as semantic versioning has it. The modules of the crate can be
//! named, because the program and its tests are made of them, but are hidden here: they may change in any release.

mod library;

pub use artifacts::{Artifact, Artifacts};
pub use diagnostic::Severity;
pub use library::{Diagnostics, Finding, generate, schema, validate};

/// The pipeline, an arrow a line: **text → document → spec → fleet → artifacts → changes**. Each is a pure function in a
/// module of its own; input and output happen at the two ends. The modules stand in layer order: each uses only those
/// above it, as a test enforces.
///
/// ```
/// use scalegen::artifacts::{Disk, compare};
/// use scalegen::diagnostic::Diagnostics;
/// use scalegen::document::Document;
/// use scalegen::render::{Selection, Templates, render};
/// use scalegen::{plan, spec};
///
/// let text = r#"
/// version: 1
/// project: shop
/// defaults:
///   capacity: { min: 2, max: 10 }
///   scaling: { cpu: { target: 70 } }
/// services: { web: {} }
/// environments: { prod: { account: "111111111111", region: eu-west-1 } }
/// "#;
///
/// let mut found = Diagnostics::default();
/// let document = Document::parse("spec.yaml", text.as_bytes().to_vec(), &mut found);
/// let spec = spec::read(&document, &mut found).expect("its structure is right");
/// let fleet = plan::resolve(&spec, &mut found).expect("its values are right");
/// let artifacts = render(&fleet, &Templates::embedded(), &Selection::default())?;
/// assert!(artifacts["cloudformation/prod/web.yaml"].text.contains("MaxCapacity: 10"));
///
/// let disk = Disk::new("nowhere");
/// let changes = compare(&disk, &fleet.project, &artifacts, &[])?;
/// assert_eq!(changes.changes.len(), artifacts.len(), "all are missing");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[cfg(doctest)]
struct Pipeline;

#[doc(hidden)]
pub mod words;

#[doc(hidden)]
pub mod printable;

#[doc(hidden)]
pub mod diagnostic;

#[doc(hidden)]
pub mod document;

#[doc(hidden)]
pub mod spec;

#[doc(hidden)]
pub mod plan;

#[doc(hidden)]
pub mod aws;

#[doc(hidden)]
pub mod cost;

#[doc(hidden)]
pub mod loadtest;

#[doc(hidden)]
pub mod lint;

#[doc(hidden)]
pub mod reading;

#[doc(hidden)]
pub mod explain;

#[doc(hidden)]
pub mod artifacts;

#[doc(hidden)]
pub mod diff;

#[doc(hidden)]
pub mod render;

#[doc(hidden)]
pub mod report;

#[doc(hidden)]
pub mod cli;

#[doc(hidden)]
pub mod commands;
