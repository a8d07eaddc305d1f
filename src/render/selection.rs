//! Which files a run is about.
//!
//! A filter chooses the files in which the chosen targets, environments and services appear. A file is always whole:
//! `--service web` renders the environment's script, with all its services in it, and leaves out the files that are
//! about other services only.

use super::templates::{Per, Template, chosen, target_of};

/// Chosen targets, environments and services; an empty list chooses all.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Names of targets.
    pub targets: Vec<String>,
    /// Names of environments.
    pub environments: Vec<String>,
    /// Names of services.
    pub services: Vec<String>,
}

impl Selection {
    pub(super) fn has_environment(&self, name: &str) -> bool {
        chosen(&self.environments, name)
    }

    pub(super) fn has_service(&self, name: &str) -> bool {
        chosen(&self.services, name)
    }

    /// Whether a file on the disk may be deleted by this run: only where the filters chose what it was about. A file
    /// that no template accounts for is about everything.
    pub fn owns(&self, path: &str, templates: &[Template<'_>]) -> bool {
        if !chosen(&self.targets, target_of(path)) {
            return false;
        }
        let origin = templates.iter().find_map(|template| Some((template.per, template.origin(path)?)));
        match origin {
            Some((Per::Fleet, _)) => true,
            Some((Per::Environment, (environment, _))) => self.has_environment(environment),
            Some((Per::Service, (environment, service))) => {
                self.has_environment(environment) && self.has_service(service)
            }
            None => self.environments.is_empty() && self.services.is_empty(),
        }
    }
}
