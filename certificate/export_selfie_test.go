package certificate

// CheckSelfie gives the fuzz target the check without a registrar around it.
var CheckSelfie = checkSelfie
