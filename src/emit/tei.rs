//! Tei

use super::{Backend, EmitError, Output};
use crate::env::Env;
use crate::report::Report;
use crate::tree::Document;

/// Tei
pub struct Tei;

impl Backend for Tei {
    fn name(&self) -> &'static str {
        "tei"
    }

    fn emit(&self, _: &Document, _: &Env, _: &mut Report) -> Result<Output, EmitError> {
        Err(EmitError::Format("not yet".into()))
    }
}
